"""What tests of the command line share: three articles, and what became of one command."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

NEWS: list[dict[str, Any]] = [
    {
        "id": "gao-1",
        "title": "Giá gạo xuất khẩu tăng mạnh",
        "sapo": "Gạo 5% tấm đạt 412 USD một tấn.",
        "body": "Thương lái ở Cần Thơ nói giá gạo xuất khẩu sẽ còn tăng.\n\nLúa tại ruộng đã bán gần hết.",
        "section": "Kinh tế",
        "tags": ["gạo"],
        "author": "Quỳnh Hoa",
        "published_at": "2026-03-15T08:30:00+07:00",
    },
    {
        "id": "gao-2",
        "title": "Gạo xuất khẩu: đơn hàng châu Phi trở lại",
        "sapo": "Doanh nghiệp ký mới 40.000 tấn.",
        "body": "Đơn hàng châu Phi giúp giá gạo xuất khẩu giữ vững trong tháng ba.",
        "section": "Kinh tế",
        "published_at": "2026-03-20T08:30:00+07:00",
    },
    {
        "id": "bong-da",
        "title": "Đội bóng Đồng Tháp thắng trận mở màn",
        "body": "Trận đấu trên sân Cao Lãnh kết thúc với tỉ số hai không.",
        "section": "Thể thao",
        "published_at": "2026-02-01T20:00:00+07:00",
    },
]


class Outcome(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


Machtin = Callable[..., Outcome]
