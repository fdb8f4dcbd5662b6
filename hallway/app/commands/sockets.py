"""Tell subscribers by websocket: one small process on loopback, behind the same server with TLS as the pages.

``serve`` starts it; start it by hand only beside a web server of your own. That server hands /fhir/ws to it.
"""

import argparse
import asyncio
import signal

SUMMARY = "tell subscribers by websocket (serve starts it)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to answer."""
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address (default: %(default)s)")
    parser.add_argument("--port", type=int, required=True)


def run(arguments: argparse.Namespace) -> int:
    """Serve until told to stop."""
    import django

    django.setup()
    from hallway.app import shapes

    shapes.build()
    asyncio.run(_serve(arguments.host, arguments.port))
    return 0


async def _serve(host: str, port: int) -> None:
    from hallway.exchange.subscriptions import sockets

    stopping = asyncio.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(one, stopping.set)
    await sockets.serve_until(stopping, host, port)
