"""Many machines: a plan's shots on a Dask cluster, or as a job that other farms take."""
