"""One line for a push notice: a whole sentence, or a beginning that says what its sentence says."""

from __future__ import annotations

import pytest

from machtin.article import Article
from machtin.summary import ExtractiveSummarizer
from machtin.summary_push import clause_ends
from machtin.summary_request import SummaryRequest
from machtin.vietnamese import syllables

SUMMARIZER = ExtractiveSummarizer.load()


@pytest.mark.parametrize(
    ("sentence", "clause"),
    [
        (
            "Cục Thuế đã thu hồi 12 tỷ đồng tiền thuế, trong đó 4 tỷ đồng của các sàn thương mại.",
            "Cục Thuế đã thu hồi 12 tỷ đồng tiền thuế",
        ),
        (
            "Sáng 5/7, mưa lớn đã làm ngập 32 tuyến phố Hà Nội, khiến giao thông tê liệt nhiều giờ.",
            "Sáng 5/7, mưa lớn đã làm ngập 32 tuyến phố Hà Nội",
        ),
        (
            "Tỉnh đã sơ tán 8.000 dân ra khỏi vùng sạt lở ven sông, sau khi nước lên quá báo động 3.",
            "Tỉnh đã sơ tán 8.000 dân ra khỏi vùng sạt lở ven sông",
        ),
    ],
)
def test_a_sentence_could_have_ended_where_an_addition_begins(sentence: str, clause: str) -> None:
    assert [sentence[:end] for end in clause_ends(sentence)] == [clause]


@pytest.mark.parametrize(
    "sentence",
    [
        # What follows takes back, conditions or ascribes.
        "Xe tải được đi qua cầu Thăng Long mỗi tối, nhưng phải có giấy phép của thành phố.",
        "Học phí đại học công lập sẽ tăng 20% vào năm tới, nếu Chính phủ không ban hành nghị định mới.",
        "Thuốc này đã chữa khỏi bệnh cho hàng nghìn người, theo lời quảng cáo của công ty.",
        "Cầu đã thông xe cho mọi loại phương tiện, trừ xe tải trên 10 tấn và xe khách.",
        "Giá vé đã giảm một nửa cho mọi hành khách, khiến ga đông nghịt, ông Nam cho biết.",
        # What precedes depends on what follows.
        "Tuy mưa lớn đã kéo dài suốt ba ngày ở miền Trung, khiến nhiều nơi ngập, tàu vẫn chạy.",
        "Nếu bão không đổi hướng như các đài đã dự báo, khiến gió mạnh lên, Quảng Ninh sẽ bị ảnh hưởng.",
        "Khi lũ đã rút khỏi các xã ven sông Thao, để lại bùn dày, người dân trở về.",
        # The predicate follows the aside, or an enumeration goes on.
        "Ba cán bộ của sở có liên quan đến vụ án, trong đó có một phó giám đốc, bị bắt.",
        "Giá trứng ở Hà Nội, Hải Phòng, Nam Định, Thái Bình và Hà Nam đã tăng 300 đồng.",
        # Inside of quotations and brackets nothing ends.
        "Ông Nam nói “chúng tôi đã chuẩn bị xong mọi thứ từ tuần trước, khiến ai cũng vui”.",
        "Dự án đã được duyệt (vốn của ba ngân hàng trong nước, trong đó có một ngân hàng tư nhân) tuần trước.",
    ],
)
def test_elsewhere_a_comma_ends_nothing(sentence: str) -> None:
    assert list(clause_ends(sentence)) == []


def test_a_line_has_no_more_syllables_than_a_telephone_shows() -> None:
    body = (
        "Theo đó, giá tăng.\n\n"
        "Chính phủ đã phê duyệt dự án đường sắt Lào Cai - Hà Nội - Hải Phòng dài 391 km, trong đó đoạn qua Hà Nội có "
        "hai ga mới và một cầu vượt sông Hồng, vốn đầu tư hơn 8 tỷ USD."
    )
    article = Article(id="a", title="Phê duyệt đường sắt Lào Cai - Hải Phòng", body=body)

    (line,) = SUMMARIZER.summarize(article, SummaryRequest(form="push")).sentences

    assert line.text == "Chính phủ đã phê duyệt dự án đường sắt Lào Cai - Hà Nội - Hải Phòng dài 391 km"
    assert line.text == body[line.start : line.end]
    assert len(syllables(line.text)) <= 25


def test_where_the_body_has_no_line_the_sapo_may() -> None:
    endless = "Hội nghị bàn về kinh tế số và kinh tế xanh " * 3 + "."
    article = Article(id="a", title="Hội nghị", sapo="Hội nghị kinh tế khai mạc sáng nay.", body=endless)

    (line,) = SUMMARIZER.summarize(article, SummaryRequest(form="push")).sentences

    assert (line.field, line.text) == ("sapo", "Hội nghị kinh tế khai mạc sáng nay.")


@pytest.mark.parametrize(
    "sentence",
    [
        "Ông Thiệu đang ở hiện trường để chỉ đạo tìm kiếm các nạn nhân.",
        "Quỹ đầu tư chứng khoán Sài Gòn A2: 33,7 tỉ đồng.",
        'Dự án " ma " đã bán cho hàng ngàn khách hàng ".',
    ],
)
def test_who_is_not_named_and_what_is_a_label_or_half_a_quotation_is_no_line(sentence: str) -> None:
    article = Article(id="a", title="Sạt lở đất", body=sentence)

    assert ExtractiveSummarizer.load().summarize(article, SummaryRequest(form="push")).sentences == []


def test_where_nothing_fits_there_is_no_line() -> None:
    article = Article(id="a", title="Hội nghị", body="Hội nghị bàn về kinh tế số và kinh tế xanh " * 3 + ".")

    assert not SUMMARIZER.summarize(article, SummaryRequest(form="push")).sentences
    assert not SUMMARIZER.summarize(article, SummaryRequest(form="push", syllables=3)).sentences
