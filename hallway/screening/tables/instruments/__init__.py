"""One TOML file an instrument; ``hallway.screening.instruments.shapes`` says what each entry means."""
