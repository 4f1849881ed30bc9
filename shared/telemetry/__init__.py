"""What a service tells a collector of OpenTelemetry about its work: spans of the trace that events carry."""
