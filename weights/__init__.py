"""Model files: names, origins, licences, hashes, and how they are found, verified and fetched."""
