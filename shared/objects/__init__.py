"""Objects: files by their content, in any S3 server with Object Lock.

`port` is what services see, `s3` the one adapter, `address` where the store lies, `spool` takes a stream in,
`probe` asks the store whether it keeps its locks.
"""
