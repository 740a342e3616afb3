"""Closed word classes of Vietnamese that tell a count from other numbers: classifiers, units of time, function words."""

from __future__ import annotations

# Units of time: a number before one is a duration.
TIME_UNITS = frozenset({
    "giây", "phút", "giờ", "tiếng", "ngày", "đêm", "hôm", "tuần", "tháng", "quý", "năm", "mùa", "buổi", "phiên",
})  # fmt: skip

# Classifiers and count nouns of one syllable. They decide whether "ba", "năm" and "chín" are numbers.
CLASSIFIERS = frozenset({
    "người", "vị", "em", "cháu", "bé", "trẻ", "con", "cái", "chiếc", "cây", "quả", "trái", "tờ", "tấm", "bức", "cuốn",
    "quyển", "bài", "bản", "căn", "ngôi", "tòa", "toà", "nhà", "phòng", "hộ", "vụ", "việc", "ca", "lần", "lượt",
    "chuyến", "trận", "cuộc", "đợt", "đoàn", "đội", "nhóm", "tổ", "bộ", "cặp", "đôi", "hãng", "tỉnh", "huyện", "xã",
    "quận", "phường", "nước", "điểm", "phần", "mặt", "bên", "phía", "chiều", "loại", "bậc", "tầng", "lớp", "khoản",
    "điều", "mục", "khu", "vùng", "miền", "ngành", "kho", "lô", "gói", "viên", "hạt", "sợi", "tập", "ván", "bàn",
    "hiệp", "vòng", "bước", "cách", "ý", "câu", "chữ", "số", "tên", "đứa", "thằng", "cô", "anh", "chị", "ông", "bà",
    "bác", "chú", "thửa", "mảnh", "khẩu", "toa", "xe", "tàu", "thuyền", "máy", "trường", "cơ", "dự", "đơn",
    "nạn", "doanh", "công", "đối", "học", "bị", "yếu", "tiêu", "giải", "gia", "thành", "quốc", "chương", "hạng",
    "suất", "phiếu", "lá", "bông", "chai", "lon", "hộp", "thùng", "bao", "túi", "mũi", "liều", "tuýp", "chùm", "đàn", "bầy", "tốp", "phát", "cú", "nhát", "vết", "cơn", "dòng", "tuyến", "làn", "cầu", "cửa",
})  # fmt: skip

# Units of measure in words.
MEASURES = frozenset({
    "mét", "cây", "km", "kg", "cân", "ký", "lít", "tấn", "tạ", "yến", "gam", "gram", "hecta", "héc", "ha", "sào",
    "mẫu", "độ", "điểm", "lần", "đồng", "đô", "usd", "euro", "yên", "won", "bảng", "xu", "chỉ", "lượng", "tuổi",
    "phần", "dặm", "inch", "thước", "thế", "thập",
})  # fmt: skip

COUNTERS = CLASSIFIERS | MEASURES | TIME_UNITS
