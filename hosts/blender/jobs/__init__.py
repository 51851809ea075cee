"""The queue, the engine behind it, and what becomes of renders whose file was closed."""
