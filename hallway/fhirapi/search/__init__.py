"""The search language of addresses: from the parameters of a request to typed criteria, and from those to an answer."""
