"""A bare loop of threads that make a runner's calls: `python -m bench.http_loop`.

Reads from standard input as JSON: url, threads, leads, the form of each call, and a save's
request as the database issued it. Everything that can be made beforehand is; then the threads
post a search and a save for each lead. Prints as JSON how many leads a second, and its CPU.
"""

import json
import queue
import sys
import threading
import time
from typing import Any

import requests

from runner.resman_xml_write import write_lead

SEARCH, SAVE = "MITS/SearchProspects", "MITS/PostLeadManagement4_0"
Calls = list[tuple[str, dict[str, str]]]


def prepare(told: dict[str, Any], number: int) -> Calls:
    """The two calls for one lead."""
    email = f"bare{number}@example.com"
    save = json.loads(json.dumps(told["save"]))
    save["lead"]["email"] = email
    return [
        (f"{told['url']}/{SEARCH}", {**told["form"], "Email": email}),
        (f"{told['url']}/{SAVE}", {**told["form"], "Xml": write_lead(save)}),
    ]


def work(waiting: "queue.SimpleQueue[Calls]", failed: list[str]) -> None:
    """Make calls until nothing is left."""
    with requests.Session() as session:
        session.trust_env = False
        while True:
            try:
                calls = waiting.get_nowait()
            except queue.Empty:
                return
            for url, form in calls:
                answer = session.post(url, data=form, timeout=60)
                if b"Success" not in answer.content:
                    failed.append(answer.text[:200])


def main() -> None:
    """Make all calls once."""
    told = json.load(sys.stdin)
    waiting: queue.SimpleQueue[Calls] = queue.SimpleQueue()
    for number in range(told["leads"]):
        waiting.put(prepare(told, number))
    failed: list[str] = []
    threads = [
        threading.Thread(target=work, args=(waiting, failed)) for _ in range(told["threads"])
    ]
    begun, cpu = time.monotonic(), time.process_time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed, failed[0]
    json.dump(
        {
            "per_second": told["leads"] / (time.monotonic() - begun),
            "cpu_ms": 1000 * (time.process_time() - cpu) / told["leads"],
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
