"""Lists in files, CSV, JSON lines or Parquet: rows read as a stream, and loaded into a site."""
