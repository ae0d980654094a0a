"""The floor of every comparison: the least Django + Channels application, as the manual of Channels shows it.

One table, one sync view that stores and `group_send`s, one consumer per socket in one group, no login, all defaults.
"""
