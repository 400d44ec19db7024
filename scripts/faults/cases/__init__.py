"""All cases, by where the fault strikes."""
from cases import crash, damage, identity, lifecycle, redis, storage  # noqa: F401  (each registers its cases)
