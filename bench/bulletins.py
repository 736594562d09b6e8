"""Bulletins that a newsroom writes every day in the same words: prices, weather, draws, exchange rates, matches.

And the lines that sites put above and below a report.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any, Final

from machtin.article import Article

TEAMS: Final = ("Hà Nội T&T", "SLNA", "Thanh Hóa", "Đồng Nai", "Hải Phòng", "Bình Dương")
TEMPLATES: Final = {
    "gia-vang": """Giá vàng hôm nay {date}: SJC {gold[0]} triệu đồng/lượng
Sáng nay {date}, giá vàng SJC tại Hà Nội niêm yết ở mức {gold[0]} - {gold[1]} triệu đồng/lượng (mua vào - bán ra).
Tại TP.HCM, vàng SJC mua vào {gold[2]} triệu đồng/lượng và bán ra {gold[3]} triệu đồng/lượng.
Trên thị trường thế giới, giá vàng giao ngay đứng ở mức {ounce} USD/ounce.
Giới phân tích cho rằng nhà đầu tư vẫn đang chờ đợi tín hiệu từ Cục Dự trữ Liên bang Mỹ.
Các doanh nghiệp vàng cho biết lượng khách giao dịch không nhiều, chủ yếu là mua lẻ.""",
    "thoi-tiet": """Thời tiết ngày {date}: Bắc Bộ trời nắng
Theo Trung tâm Dự báo khí tượng thủy văn Trung ương, ngày {date}, Bắc Bộ trời nắng, gió nhẹ.
Nhiệt độ thấp nhất {low} độ C, cao nhất {high} độ C, gió đông bắc cấp {wind}.
Khu vực Hà Nội ngày nắng, đêm không mưa, nhiệt độ từ {low} đến {high} độ C.
Nam Bộ có mưa rào và dông rải rác, trong cơn dông cần đề phòng lốc, sét và gió giật mạnh.
Người dân cần theo dõi các bản tin tiếp theo để chủ động phòng tránh.""",
    "xo-so": """Kết quả xổ số miền Bắc ngày {date}
Kết quả xổ số kiến thiết miền Bắc mở thưởng ngày {date}.
Giải đặc biệt: {draw[0]}
Giải nhất: {draw[1]}
Giải nhì: {draw[2]} - {draw[3]}
Giải ba: {draw[4]} - {draw[5]} - {draw[6]} - {draw[7]}
Người trúng thưởng mang vé còn nguyên vẹn tới đại lý hoặc công ty để nhận thưởng trong vòng ba mươi ngày.
Kết quả chỉ có giá trị tham khảo, bạn đọc đối chiếu với bảng do công ty công bố.""",
    "ty-gia": """Tỷ giá USD hôm nay {date}
Ngân hàng Nhà nước công bố tỷ giá bình quân liên ngân hàng ngày {date} là {usd[0]} đồng/USD.
Vietcombank mua vào {usd[1]} đồng, bán ra {usd[2]} đồng mỗi USD.
BIDV niêm yết {usd[3]} đồng chiều mua và {usd[4]} đồng chiều bán.
Trên thị trường tự do, giao dịch trầm lắng, chênh lệch giữa hai chiều được giữ nguyên.
Các chuyên gia nhận định cung cầu ngoại tệ cuối năm không có nhiều xáo trộn.""",
    "bong-da": """{home} - {away}: trận đấu muộn nhất vòng {round}
Chiều {date}, {home} tiếp {away} trên sân nhà trong khuôn khổ V-League và giành chiến thắng {goals}-0.
Bàn mở tỷ số được ghi ở phút {minute} sau một pha phối hợp bên cánh trái.
Sau trận này {home} có {points} điểm, tạm đứng thứ {place} trên bảng xếp hạng.
Huấn luyện viên hai đội đều hài lòng với tinh thần thi đấu của các cầu thủ.
Vòng đấu tiếp theo diễn ra vào cuối tuần tới, các trận đều được truyền hình trực tiếp.""",
}
FRAMES: Final = (
    (
        """Thứ Ba, 14/05/2013 | 10:20 GMT+7
Chia sẻ bài viết Facebook Twitter""",
        """Xem thêm các tin mới nhất trong ngày tại đây.
Đường dây nóng: 0912 345 678
© Bản quyền thuộc về Báo Sông Hồng. Ghi rõ nguồn khi phát hành lại thông tin từ trang này.""",
    ),
    (
        """Cập nhật lúc 07:45, ngày 3-6-2014
Trang chủ > Thời sự > Trong nước""",
        """Bình luận (27)
Mời quý vị độc giả gửi ý kiến về bandoc@bao.example. Ý kiến được biên tập trước khi đăng.
Bạn đọc có thể tải ứng dụng của tòa soạn cho điện thoại để nhận tin nhanh 24/7.""",
    ),
    (
        "Lượt xem: 15.204",
        """Tổng biên tập: Hoàng Đình Nam. Giấy phép số 113/GP-BTTTT cấp ngày 12/4/2011.
Tòa soạn: 18 phố Hàng Bè, quận Hoàn Kiếm, Hà Nội. Điện thoại: (04) 3825 1111.""",
    ),
)


def bulletins(chance: random.Random, days: int) -> Iterator[list[Article]]:
    """All bulletins of each day in turn."""
    for day in range(days):
        facts = _facts(chance, day)
        yield [_article(f"{kind}-{day}", text.format(**facts)) for kind, text in TEMPLATES.items()]


def _facts(chance: random.Random, day: int) -> dict[str, Any]:
    gold, usd, low = chance.randint(3500, 3900), chance.randint(20800, 21400), chance.randint(14, 26)
    home, away = chance.sample(TEAMS, 2)
    return {
        "date": f"{day % 28 + 1}/{day // 28 % 12 + 1}",
        "gold": [f"{(gold + more) / 100:.2f}".replace(".", ",") for more in (0, 10, -2, 8)],
        "ounce": chance.randint(1190, 1400),
        "low": low,
        "high": low + chance.randint(5, 9),
        "wind": chance.randint(2, 5),
        "draw": [f"{chance.randrange(10**5):05d}" for _ in range(8)],
        "usd": [f"{usd + more:,}".replace(",", ".") for more in (0, 30, 90, 35, 95)],
        "home": home,
        "away": away,
        "round": chance.randint(2, 26),
        "goals": chance.randint(1, 4),
        "minute": chance.randint(3, 40),
        "points": chance.randint(10, 45),
        "place": chance.randint(1, 12),
    }


def _article(name: str, text: str) -> Article:
    title, _, body = text.partition("\n")
    return Article(id=name, title=title, body=body)
