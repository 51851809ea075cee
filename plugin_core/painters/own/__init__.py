"""Own mouths: the footage's own drawn mouths, chosen anew by what another voice says."""
