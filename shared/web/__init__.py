"""The rim: what a person and a program see of every service. No rule stands here."""
