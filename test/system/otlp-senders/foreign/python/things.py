"""What every server offers, by the decorators that the SDK and FastMCP share."""


def offer(server):
    @server.tool()
    def add(a: int, b: int) -> int:
        """Adds."""
        return a + b

    @server.tool()
    def boom(why: str) -> str:
        """Fails."""
        raise ValueError(f"boom: {why}")

    @server.resource("memo://note")
    def note() -> str:
        return "hello"

    @server.prompt()
    def greet(name: str) -> str:
        return f"Say hi to {name}"

    return server
