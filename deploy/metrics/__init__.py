"""What watches Jejak from outside: alert rules, a dashboard, an example of a scrape configuration."""
