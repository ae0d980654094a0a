"""Connecting the desk to a company's WeCom, step by step, each step tested live (WECOM 12).

`steps.py` is the list; the administrators' page and `manage.py check_wecom` both walk it. A check calls WeCom through
the client like everything else, so what passes here is what the desk itself lives on.
"""
