"""Programs of others act for people here, or by themselves: SMART App Launch 2.2, OAuth 2.1, OpenID Connect.

Nothing here opens a chart: a token narrows what the gate gives to whom the program acts for. Hallway is the server of
programs that people let in, and the client of records systems that open Hallway's pages from their own.
"""
