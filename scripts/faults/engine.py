"""The process under test: start, ask, kill, and the command line beside it."""
import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

ALARMS = re.compile(r"[Uu]nhandled exception|Unobserved|FailFast|Fatal error\.")
"""What must never stand in a log or on a console, whatever the fault was."""


def free_port():
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return place.getsockname()[1]


class EngineFailed(Exception):
    """The process did not do what it was asked to; the text has its last words."""


class Engine:
    """One data directory and the process that serves it."""

    def __init__(self, host, directory, world_file, settings_file, home, redis="off", durability="fsync"):
        self._program = ["dotnet", host] if host.endswith(".dll") else [host]
        self.directory, self.world_file, self.settings_file = directory, world_file, settings_file
        self.home, self.redis, self.durability = home, redis, durability
        self.gateway, self.http = free_port(), free_port()
        self.process, self.pid, self.starts = None, None, 0
        self.ready_seconds = None
        self.tolerated = None

    @property
    def address(self):
        return "127.0.0.1", self.gateway

    @property
    def console(self):
        return os.path.join(self.home, f"console-{self.starts}.log")

    def launch(self, environment=None, wrapper=(), limits=None):
        """Starts the process and returns at once. The wrapper is a command in front of it, strace or setpriv."""
        self.starts += 1
        arguments = [*wrapper, *self._program, "serve", "--config", self.settings_file, "--data", self.directory, "--world", self.world_file,
                     "--gateway", f"127.0.0.1:{self.gateway}", "--http", f"127.0.0.1:{self.http}", "--redis", self.redis,
                     "--durability", self.durability]
        with open(self.console, "wb") as console:
            self.process = subprocess.Popen(arguments, stdout=console, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                            env={**os.environ, **(environment or {})}, preexec_fn=limits, start_new_session=True)
        self.pid = self.process.pid
        self._launched = time.monotonic()

    def start(self, timeout=60, **options):
        """Starts the process and waits until it is ready."""
        self.launch(**options)
        self.wait_ready(timeout)

    def wait_ready(self, timeout=60):
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            code = self.process.poll()
            if code is not None:
                raise EngineFailed(f"ended with {code} instead of becoming ready: {self.last_words()}")
            if self.is_ready():
                self.ready_seconds = time.monotonic() - self._launched
                return
            time.sleep(0.02)
        raise EngineFailed(f"not ready after {timeout} s: {self.health()}; {self.last_words()}")

    def is_ready(self):
        try:
            return self.get("/health/ready", timeout=2)[0] == 200
        except OSError:
            return False

    def health(self):
        try:
            return self.get("/health/ready", timeout=2)[1]
        except OSError as error:
            return str(error)

    def get(self, path, timeout=30):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.http}{path}", timeout=timeout) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.read().decode()

    def state(self):
        status, text = self.get("/internal/state")
        if status != 200:
            raise EngineFailed(f"/internal/state answers {status}: {text}")
        return json.loads(text)

    def metric(self, name):
        """The value of a metric, or None when there is none of that name."""
        for line in self.get("/metrics")[1].splitlines():
            if line.startswith(name) and line[len(name)] in " {":
                return float(line.rsplit(" ", 1)[1])
        return None

    @property
    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def signal(self, number):
        """To the engine itself, also when a wrapper stands before it."""
        os.kill(self.engine_pid(), number)

    def engine_pid(self):
        try:
            with open(os.path.join(self.directory, "lock"), encoding="ascii") as lock:
                return int(lock.read())
        except (OSError, ValueError):
            return self.pid

    def kill(self):
        """kill -9, and the wrapper with it."""
        if self.is_running:
            os.killpg(self.pid, signal.SIGKILL)
        self.wait_exit(10)

    def wait_exit(self, timeout):
        """The exit code; 128 + n for a signal, as a shell has it."""
        try:
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired as late:
            raise EngineFailed(f"still running after {timeout} s: {self.last_words()}") from late
        return code if code >= 0 else 128 - code

    def run(self, *arguments, timeout=300, environment=None):
        """A command of the host's command line: exit code, output, errors."""
        done = subprocess.run([*self._program, *arguments], capture_output=True, timeout=timeout, env={**os.environ, **(environment or {})}, check=False)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def dump(self, first=None, directory=None):
        code, output, errors = self.run("dump", directory or self.directory, *(["--from", str(first)] if first else []))
        if code != 0:
            raise EngineFailed(f"dump ends with {code}: {errors.strip()[:400]}")
        return output

    def replayed_hash(self, sequence, directory=None, environment=None):
        code, output, errors = self.run("replay", directory or self.directory, "--to-sequence", str(sequence), "--hash", environment=environment)
        if code != 0:
            raise EngineFailed(f"replay --to-sequence {sequence} ends with {code}: {errors.strip()[:400]}")
        return output.strip()

    def last_words(self):
        try:
            with open(self.console, encoding="utf-8", errors="replace") as console:
                return " | ".join(console.read().strip().splitlines()[-4:])[-800:]
        except OSError:
            return "(nothing)"

    def alarms(self):
        """Lines on the consoles and in the logs that speak of an exception which nobody expected."""
        found, places = [], [os.path.join(self.home, name) for name in sorted(os.listdir(self.home)) if name.startswith("console-")]
        logs = os.path.join(self.directory, "logs")
        if os.path.isdir(logs):
            places += [os.path.join(logs, name) for name in sorted(os.listdir(logs))]
        for place in places:
            with open(place, encoding="utf-8", errors="replace") as text:
                for line in text:
                    if ALARMS.search(line) and not (self.tolerated and self.tolerated.search(line)):
                        found.append(f"{os.path.basename(place)}: {line.strip()[:300]}")
        return found
