"""The demo: a small team three weeks before it sells its first product."""
