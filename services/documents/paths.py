"""Which paths of the one public address are answered by documents: each of these and everything below it.
The front door is made from this.
"""

PATHS = ("/dokumen", "/provinsi", "/pengiriman", "/documents", "/api/documents")
