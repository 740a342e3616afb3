"""Closed word classes of Vietnamese for the grammar of quantities: classifiers, units of time, function words."""

from __future__ import annotations


def vocabulary(text: str) -> frozenset[str]:
    """Set of the words in ``text``; entries of several syllables join them with "_"."""
    return frozenset(entry.replace("_", " ") for entry in text.split())


# Units of time: a number before one is a duration.
TIME_UNITS = vocabulary("giây phút giờ tiếng ngày đêm hôm tuần tháng quý năm mùa buổi phiên")

# Classifiers and first syllables of count nouns. They decide whether "ba", "năm" and "chín" are numbers, and whether
# four digits that could be a year count something.
CLASSIFIERS = vocabulary(
    """
    người vị em cháu bé trẻ con cái chiếc điếu cây quả trái tờ tấm bức cuốn quyển bài bản căn ngôi tòa toà nhà phòng hộ
    vụ việc ca lần lượt chuyến trận cuộc đợt đoàn đội nhóm tổ bộ cặp đôi hãng tỉnh huyện xã quận phường nước điểm
    phần mặt bên phía chiều loại bậc tầng lớp khoản điều mục khu vùng miền ngành kho lô gói viên hạt sợi tập ván bàn
    hiệp vòng bước cách ý câu chữ tên đứa thằng cô anh chị ông bà bác chú thửa mảnh khẩu toa xe tàu thuyền máy trường
    đơn nạn doanh công đối học bị yếu tiêu giải gia thành quốc chương hạng suất phiếu lá bông chai lon hộp thùng bao
    túi mũi liều tuýp chùm đàn bầy tốp phát cú nhát vết cơn dòng tuyến làn cầu cửa đồng
    """
)

# First syllables of units of measure in words.
MEASURES = vocabulary(
    """
    mét cây km kg cân ký lít tấn tạ yến gam gram hecta héc ha sào mẫu độ điểm lần đồng đô usd euro yên won bảng xu chỉ
    lượng tuổi phần dặm inch thước thế thập
    """
)

COUNTERS = CLASSIFIERS | MEASURES | TIME_UNITS

# Words that cannot head a counted noun: function words, and predicates that follow dates, scores and code numbers.
NOT_NOUNS = vocabulary(
    """
    một là của và với hoặc hay nhưng mà thì nên vì do bởi để cho từ đến tới lên xuống vào ra qua lại về theo trong ngoài
    trên dưới trước sau giữa gần cạnh tại ở khi lúc nếu tuy dù nhờ bằng như so cùng cả các những mọi mỗi từng này đó
    kia ấy nay rồi đã đang sẽ vừa mới sắp vẫn còn cũng đều chỉ không chưa chẳng có bị được phải cần hãy đừng rất quá
    lắm hơn nhất thêm nữa luôn ngay nhằm gồm đạt tăng giảm làm khiến gây thuộc đối đi đứng nằm chiếm xảy nhận mang gửi
    nói thấy biết trở diễn liên khoảng chừng tầm ước tương hiện dự sử đầu cuối kể tiếp liền mất bắt
    giúp đưa lấy ghi cao thấp lớn nhỏ nhiều ít dài ngắn mạnh nhẹ nhanh chậm đúng tức ai gì nào đâu sao vậy thế đây bây
    hồi vượt kém thua thắng hòa hoà dẫn trị giá riêng chính đủ mua bán thu chi nhảy chạy bay rơi mở đóng nộp trả tính
    cho_biết tiếp_tục trở_lên trở_xuống trở_đi trở_lại trước_đó sau_đó hiện_nay trong_đó tuy_nhiên bao_gồm xảy_ra
    tăng_trưởng đối_với dự_kiến so_với liên_quan liên_tiếp đến_nay vừa_qua qua_đời cùng_với bên_cạnh có_thể có_mặt
    sẽ_có sử_dụng thực_hiện phối_hợp bắt_đầu kết_thúc diễn_ra đã_có tương_đương tương_ứng không_có không_thể
    ngày_trước năm_ngoái chung_cuộc để_lại ra_đời trung_bình bình_quân đi_qua đi_vào lên_đến xuống_còn lên_tới trong_khi
    thay dựa tạm
    mặc_dù cũng_như ít_nhất gần_như cho_đến cho_thấy hay_không đồng_ý đồng_thời đồng_loạt vì_vậy do_đó ngoài_ra
    nhằm_mục_đích trực_thuộc cho_hay đặc_biệt trước_đây lưu_thông
    khác mấy thường nửa thiếu_hụt hủy huỷ hoãn thuê gặp kéo chở kèm giật rạng nghiêng khắc lần_lượt nhanh_chóng xét_xử
    xây_dựng phát_sóng xuất_phát kiểm_tra sở_hữu lên_tiếng chính_thức quyết_định_đầu_tư công_bố phát_hành
    đánh_giá công_nhận phê_duyệt khẳng_định nhận_định đề_xuất bắt_giữ đứng_tên
    ngoài_việc tham_gia phát_hiện đề_nghị yêu_cầu tạm_giữ khởi_tố điều_tra ban_hành quy_định hướng_dẫn về_việc
    """
)

# Wholes that a fraction measures: "2/3 số vụ" is no day.
WHOLES = vocabulary("số tổng mức dân diện giá quân lượng khối sản doanh lợi vốn thị dung")

# Verbs of change; a number behind one is news even if it is small ("tử vong tăng một trường hợp").
CHANGES = vocabulary("tăng giảm hụt sụt")

# Directions that lead to a second value: "từ 12 vụ xuống 9".
TURNS = vocabulary("lên xuống còn tới đến")
