"""Disks that a test may break: an ext4 on a loop device, and a small tmpfs."""
import fcntl
import os
import shutil
import struct
import subprocess
import time

SHUT_DOWN = 0x8004587D
"""FS_IOC_GOINGDOWN of the kernel's fs layer: _IOR('X', 125, __u32)."""
WITHOUT_LOG = struct.pack("I", 2)
"""Nothing more is written, not even the file system's own log: what was not synced is lost, as in a power cut."""


class DiskFailed(Exception):
    """The disk could not be made; the machine lacks what it takes."""


def _run(*command):
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode != 0:
        raise DiskFailed(f"{' '.join(command)}: {done.stderr.decode().strip()}")
    return done.stdout.decode()


class LoopDisk:
    """An ext4 in a file."""

    def __init__(self, home, megabytes=256, options="errors=remount-ro"):
        os.makedirs(home, exist_ok=True)
        self.image, self.path, self._options = os.path.join(home, "disk.img"), os.path.join(home, "disk"), options
        with open(self.image, "wb") as image:
            image.truncate(megabytes << 20)
        _run("mkfs.ext4", "-q", "-F", self.image)
        os.makedirs(self.path)
        self.mount()

    def mount(self, options=None):
        _run("mount", "-o", f"loop,{options or self._options}", self.image, self.path)

    def unmount(self):
        for _ in range(50):
            if not os.path.ismount(self.path):
                return
            if subprocess.run(["umount", self.path], capture_output=True, check=False).returncode == 0:
                return
            time.sleep(0.1)
        _run("umount", "-l", self.path)

    def sync(self):
        os.sync()

    def cut_power(self):
        """From here on nothing reaches the disk, and what had not is lost at the next mount."""
        place = os.open(self.path, os.O_RDONLY)
        try:
            fcntl.ioctl(place, SHUT_DOWN, WITHOUT_LOG)
        finally:
            os.close(place)

    def fail(self):
        """The file system finds itself damaged and makes itself read-only, under whoever is writing."""
        device = os.path.basename(_run("findmnt", "-n", "-o", "SOURCE", self.path).strip())
        with open(f"/sys/fs/ext4/{device}/trigger_fs_error", "w", encoding="ascii") as trigger:
            trigger.write("injected\n")

    def remove(self):
        self.unmount()
        if os.path.exists(self.image):
            os.remove(self.image)


class SmallDisk:
    """A tmpfs that is soon full."""

    def __init__(self, home, megabytes=8):
        self.path = os.path.join(home, "disk")
        os.makedirs(self.path)
        _run("mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", self.path)

    @property
    def free(self):
        return shutil.disk_usage(self.path).free

    def fill(self, leave):
        """Leaves so many bytes; returns the file that takes the rest."""
        filler = os.path.join(self.path, "filler")
        with open(filler, "ab") as file:
            while (free := self.free) > leave:
                file.write(bytes(min(65_536, free - leave)))
                file.flush()
        return filler

    def remove(self):
        for _ in range(50):
            if not os.path.ismount(self.path) or subprocess.run(["umount", self.path], capture_output=True, check=False).returncode == 0:
                return
            time.sleep(0.1)
        _run("umount", "-l", self.path)
