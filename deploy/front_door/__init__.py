"""The front door: one address for browsers and programs, Caddy in front of the four services;
its configuration is generated here.
"""
