"""Who acts for a patient, kept at a desk: documents seen, rights ended or declined, care that is a minor's own."""
