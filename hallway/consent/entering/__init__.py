"""What comes into the record: stored under a label by one door, and judged by a person where no table could."""
