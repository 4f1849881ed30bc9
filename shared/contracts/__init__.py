"""The published language: every event of every service, declared once, one module per producer.

What is stored is what is published. A consumer imports only what it reacts to.
"""
