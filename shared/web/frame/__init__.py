"""The frame around every page: rendering, navigation, and the static files with their addresses."""
