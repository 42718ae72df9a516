"""Measurements that break something on purpose."""
