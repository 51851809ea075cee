"""What the worker answers to hosts beside renders: plans, probes, looks, pages, and what it is.

A verb is a function of a request (the fields that `client.Worker` sends) and an `Errand` (`plugin_core.worker`).
"""
