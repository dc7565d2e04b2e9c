"""The four natures of what is packed, judged while it is packed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from service.papers.archive_contents import Contents, Found
from service.papers.natures import SAFE, TRUE, USABLE, WHOLE, Check


def natures_of(contents: Contents, found: Found) -> list[Check]:
    """Every check of what was packed, nature by nature."""
    return [
        *_true(contents, found),
        *_whole(contents, found),
        *_usable(found),
        *_safe(contents, found),
    ]


def _true(contents: Contents, found: Found) -> Iterator[Check]:
    event, head = contents.about["upto"], contents.about["head"]
    yield Check(
        TRUE,
        "事件链",
        contents.chain_holds,
        f"哈希链连贯，到事件 {event}（{head[:16]}…）"
        if contents.chain_holds
        else "事件链断裂，请先核查记录",
    )
    yield _told(
        TRUE, "表单内容与登记的摘要一致", found.wrong_content, f"{len(contents.entries)} 件全部一致"
    )
    yield _told(TRUE, "附件内容与登记的摘要一致", found.missing, f"{found.files} 个附件全部一致")


def _whole(contents: Contents, found: Found) -> Iterator[Check]:
    yield from contents.items
    yield _told(
        WHOLE,
        "附件齐全",
        found.missing,
        f"{found.files} 个附件都在包内"
        + (f"，另有纸质件：{'、'.join(found.paper)}" if found.paper else ""),
    )
    bare = [e.no for e in contents.entries if not e.filed.actor.get("unit_name")]
    yield _told(WHOLE, "元数据齐全", bare, "每件都有责任者、题名、日期、密级、保管期限")


def _usable(found: Found) -> Iterator[Check]:
    yield _told(
        USABLE, "附件能按类型打开", found.unreadable, f"{found.files} 个附件的内容都与类型相符"
    )
    yield Check(USABLE, "目录和表单可直接阅读", True, "HTML、JSON、XLSX，不依赖本系统")


def _safe(contents: Contents, found: Found) -> Iterator[Check]:
    yield _told(SAFE, "没有可执行内容、宏和超限文件", found.unreadable, "全部为允许的类型，未超限")
    yield Check(
        SAFE,
        "没有涉密内容",
        not contents.classified,
        "申报时已声明不涉密" if not contents.classified else "项目登记为涉密，不得在本系统归档",
    )


def _told(nature: str, what: str, wrong: Sequence[str], good: str) -> Check:
    return Check(nature, what, not wrong, good if not wrong else "；".join(wrong))
