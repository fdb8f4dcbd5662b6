"""What FHIR takes for a string: no control character but tab and line ends (R4, data types, ``string``)."""


def fits(text: str, most: int) -> bool:
    """Is this a FHIR string of at most ``most`` characters?"""
    return len(text) <= most and not any(ord(one) < 32 and one not in "\n\t\r" for one in text)
