"""Makes a stored history: `python -m tests.audit.make_history FOLDER` (once a release; earlier ones stay as they are)."""

import os
import shutil
import sys
from pathlib import Path

from click.testing import CliRunner

SECRET = bytes(range(32))  # of stories; it protects nothing
STORY = "S04"


def main(folder: Path) -> None:
    from service.cli.backup import backup
    from service.cli.export import export
    from service.config import project_root
    from service.scenarios.runner import run_story
    from service.scenarios.samples import keep_samples
    from service.scenarios.stands import open_world
    from service.scenarios.story import read_story

    root = project_root()
    data = folder / "data"
    data.mkdir(parents=True)
    (data / "record.key").write_text(SECRET.hex())
    story = read_story(root / f"processes/scenarios/{STORY}.yaml")
    world = open_world(f"sqlite:///{data / 'banjie.sqlite3'}", root, story)
    assert run_story(story, world).ok
    keep_samples(root, data / "files")
    os.environ.update(BANJIE_DATA_DIR=str(data), BANJIE_CLOCK=world.now.isoformat())
    world.close()

    def run(command, *words) -> None:
        done = CliRunner().invoke(command, [str(w) for w in words], catch_exceptions=False)
        assert done.exit_code == 0, done.output

    run(export, "key", "--out", folder / "key.txt")
    run(export, "update", "--out", folder / "update.txt")
    run(export, "evidence", "--out", folder / "evidence.zip")
    run(backup, "--out", folder / "backup.zip")
    shutil.rmtree(data)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
