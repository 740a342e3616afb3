"""Closed word classes of the clause grammar: what stands before, behind and between a figure and its measure.

Phrases are separated by "|" or line ends and matched over whole words (``phrases.PhraseTable``).
"""

# After these the statement begins; what is before them says who reports it.
REPORTS = """
    cho biết|cho thấy|cho rằng|cho hay|thông tin rằng|khẳng định|rằng|nhận định|thừa nhận|nêu rõ|nhấn mạnh|tiết lộ
    thông báo|công bố|khuyến cáo|chứng kiến|dự đoán|nghĩa là|có nghĩa là|tức là|khả năng
"""

# Words of plans that open a statement as reports do, but are part of what it says.
PLAN_HEADS = """
    đặt mục tiêu|đặt ra mục tiêu|đề ra mục tiêu|mục tiêu|chỉ tiêu|kế hoạch|phấn đấu|dự kiến|ước tính
"""

# Openings of a clause that are no part of its subject.
LEADS = """
    đang|hoặc|trong đó|trong số này|trong số đó|đồng thời|ngoài ra|tuy nhiên|tuy vậy|song|nhưng
    bên cạnh đó|cụ thể|cụ thể là|theo đó|nhờ đó|qua đó|từ đó|riêng|còn|và|với|trong khi
    trong khi đó|đặc biệt|đặc biệt là|đáng chú ý|đáng chú ý là|như vậy|nhờ|do|vì|khi|mà
    thì|mặc dù|dù|nếu|giúp|giúp cho|đã giúp|khiến|khiến cho|làm|làm cho|hiện
    hiện nay|hiện tại|nay|đến nay|tính đến nay|tính chung|tính riêng|nhìn chung|tổng cộng
    cùng với đó|cùng với|cùng thời điểm|tương tự|bởi|để|sau khi|trước khi|trước đó
    chẳng hạn|ví dụ|như|là|có|một số|kết quả là|theo|trong|tại|ở|đến|tính đến|tới
    đưa|nâng|kéo|đẩy|được|lúc này|mới đây|gần đây|vừa qua|lũy kế|luỹ kế|cộng dồn
    ước tính|chỉ riêng|chỉ tính riêng|ngay cả|cả|cũng|vẫn|tiếp tục|nhất là|theo thống kê
    ước|hồi|lúc|bình quân|trung bình|nhằm|vào|từ|về|này|đó|của|bị|đã|sẽ|phải
    tới nay|mới|chỉ|trên|thực hiện|ghi nhận|bằng|hay|tương đương với|tương đương|tương ứng với|tương ứng|cho
    cao hơn|thấp hơn|tiếp đến|tiếp đến là|kế đến|tiếp theo|tiếp theo là|lấy dẫn chứng|chứng kiến|sự sụt giảm
    sự gia tăng|sự suy giảm|dẫn tới|dẫn đến|kéo theo|có thể|thường|còn được
"""

# Adverbs and half-verbs at the end of a subject.
TRAILS = """
    đã|cũng|vẫn|đang|sẽ|có thể|được|bị|tiếp tục|nhìn chung|bất ngờ|đột ngột|ước|đều
    chỉ|mới|mới chỉ|lại|hiện|hiện nay|hiện tại|thì|mà|rất|có|đó|này là|liên tục
    đã được|sẽ được|có xu hướng|có dấu hiệu|cũng đã|cũng được|vẫn còn|nhẹ|mạnh|tăng mạnh
    giảm mạnh|tăng nhẹ|giảm nhẹ|được điều chỉnh|quanh|xung quanh|kỷ lục|ổn định|thấp nhất|cao nhất|lớn nhất|ước tính
    trong đó|và|tiếp tục được|khoảng
    trong|đến|tới|vào|hết|tính đến|tính|cho đến|của|tại|ở|với|từ|theo|về|là
    chính thức|thậm chí|hầu như|gần như|thường|luôn|luôn luôn|dự kiến|âm|lại âm
    mặc dù|tuy|dù|hằng|mỗi|lên|xuống|còn|duy trì|ở mức|đạt mức|đạt|phải
    ghi nhận|thêm|hơn|gần|vừa qua|nay|thời điểm|niêm yết|giữ nguyên|tăng|giảm
    kết thúc|chốt|mở cửa|đóng cửa|tăng trưởng|dao động|chỉ còn|so|để|cho|mức|hiện đang|giao dịch|nằm|dừng
"""

# Words at which what follows a counted noun stops.
TAIL_STOPS = """
    tại|ở|trong|với|do|để|vào|từ|đến|tới|và|hoặc|nhưng|thì|là|cho|trên
    so với|năm|tháng|ngày|quý|lên|xuống|tăng|giảm|đạt|chiếm|mỗi|nữa|trở lên
    trở xuống|khi|sau|trước|mà|bằng|qua|theo|nhằm|còn|cùng|như|về|dưới|gồm|bao gồm
    hồi|lúc|đã|đang|sẽ|vẫn|cũng|này|đó|kể|thuộc diện|trị giá|nhờ|vì|có
    cao hơn|thấp hơn|vượt|vượt qua|thoát|hiện|bởi|khiến|làm|giúp|góp|đưa|nâng|mới|thông qua|tương đương
    tương ứng|lọt|nếu|hơn|đều|không|chưa|so cùng|so|ghi nhận|trước đó|vừa qua|tính
    dù|mặc dù|song|nên|rồi|đối với|thuộc|một|cả|mất|được|bị|nhân
"""

# Words at which what is done to a counted noun stops ("khách hàng bị rút mất sổ").
PASSIVE_STOPS = """
    tại|ở|từ|để|vào|và|hoặc|nhưng|thì|so với|năm|tháng|ngày|quý|trong đó|trong|khi|sau|trước|mà|do|với|cho|theo|nhằm
    là|tăng|giảm|đạt|chiếm|qua|vì|nên|song
"""

# Verbs before a count that say only that there is something, and prepositions before one.
LIGHT = """
    có|có tới|có đến|ghi nhận|với|cùng|và|cùng với|trong đó|làm|khiến|gây|cho|trong số|trong|gồm có|tổng số|của|các
    những|số|tại|ở tại|đối với|đưa|cần|phải|bị
"""

# Prepositions and verbs at which a noun phrase before a bare quantity begins ("với doanh thu 37,7 tỷ USD").
NOUN_BREAKS = """
    với|đối với|trong|tại|từ|khi|đạt|có|là|được|bị|để|gồm|bao gồm|tạo ra
    thu|chi|đưa|dành|và|hoặc|do|trên|nhưng|song|vào|qua|nhờ|bằng|mang lại
    đem lại|mang về|nhận|cùng|cùng với|như|bù|trừ|cộng|ghi nhận|trích lập bổ sung
    trích lập|bổ sung|duyệt|thông qua|đặt|phê duyệt|cấp|trả|hỗ trợ|vay|nộp|mà|theo
    về|kèm|kèm theo|áp dụng|niêm yết|lập|lập kỷ lục|hưởng|không|chưa
    phải|cao hơn|thấp hơn|lớn hơn|nhỏ hơn|nhiều hơn|ít hơn|rẻ hơn|đắt hơn|gánh|trị giá
    báo|công bố|đóng góp|huy động|giải ngân|ký kết|xử phạt
"""

# Finite verbs behind the subject of a clause that is no figure's own.
VERBS = """
    tăng|giảm|đạt|tăng cao|tăng mạnh|giảm mạnh|tăng nhẹ|giảm nhẹ|sụt giảm|tiếp tục|vượt
    là|cao hơn|thấp hơn|tăng trưởng|ước đạt|duy trì|giữ|chiếm|đã|vẫn|có|sẽ|đang
    cũng
"""

# Adverbs and approximations that may stand between a verb and its amount.
FILLER = """
    khoảng|hơn|gần|trên|dưới|xấp xỉ|ước|ước tính|ước khoảng|chừng|tầm|tối thiểu
    tối đa|ít nhất|nhiều nhất|không quá|chưa đến|chưa tới|chưa đầy|ngót|chỉ|mới|mới chỉ
    đã|cũng|vẫn|đều|lại|rất|mạnh|nhẹ|nhanh|đáng kể|sâu|đột ngột
    cả thảy|tổng cộng|tất cả|lần lượt|tương ứng|được|mức
    với giá|giá|con số|tới mức|đến mức|vào khoảng|ở khoảng|xấp xỉ mức|trên dưới
    khá|vọt|tiếp|tiếp tục|hẳn|nhỉnh|gấp|riêng|quá|cao nhất|không đáng kể|đến
    tới|tới tận|tận|chạm|chạm mức|chạm ngưỡng|ngưỡng|mốc|khoảng từ|từ khoảng|:
    thấp nhất|cực đại|bình quân mỗi năm|mỗi năm|mỗi ngày|mỗi tháng|hằng năm|hàng năm
    trong đó có|nữa|chính xác|ngay|luôn|con số khiêm tốn|con số kỷ lục|mức kỷ lục
    con số ấn tượng|tổng cộng|chính thức
    đúng|tròn|cỡ|độ|suýt|suýt soát|vừa|xuất sắc
"""

# Verbs of rise.
UP = """
    tăng|tăng thêm|tăng trưởng|gia tăng|tăng hơn|tăng gần|tăng lên thêm|vượt|vượt trên|vượt quá|cao hơn
    nhiều hơn|lớn hơn|nâng thêm|leo|leo thêm|nhích|nhích thêm|cộng thêm|thêm|bổ sung thêm|tăng cao|tăng mạnh
    tăng nhẹ|tăng vọt|dài hơn|nhỉnh hơn|đắt hơn|vượt kế hoạch|tăng bình quân|tăng trung bình|tăng mạnh thêm
    tăng giá|đi lên|bật tăng|tăng trở lại|tăng gấp|gấp
    tăng ở mức|tăng với mức|tăng trưởng ở mức|tăng ở mức từ|tăng trưởng từ
    tăng được|tăng thêm được|nhích nhẹ|mở rộng thêm|nới rộng thêm|tăng đến|tăng tới|tăng cao hơn
"""

# Verbs of fall.
DOWN = """
    giảm|giảm tới|giảm đến|giảm thêm|sụt|sụt giảm|sút|giảm sút|thấp hơn|ít hơn|nhỏ hơn|kém|kém hơn|hạ|hạ thêm
    bớt|giảm bớt|lùi|tụt|cắt giảm|mất|bốc hơi|rơi|rớt|giảm mạnh|giảm nhẹ|giảm sâu|hụt|tiết giảm|rẻ hơn|thu hẹp
    ngắn hơn|giảm bình quân|trừ|đánh mất|suy giảm|giảm trung bình|tụt giảm|giảm giá|hạ giá|đi xuống|lao dốc
    giảm ở mức|giảm với mức|giảm ở mức từ
    giảm đi|vơi đi|cắt bớt|giảm trừ|giảm được|cắt giảm được|tiết giảm được|tinh giản|tinh giản được
"""

# Where a change leads.
ARRIVE = """
    lên|xuống|còn|lên tới|lên đến|lên mức|lên thành|xuống mức|xuống còn|còn lại|chỉ còn|đạt mức|về mức|về|thành
    lên khoảng|trở thành|từ mức|lên ngưỡng
"""

# Verbs that state a level.
STATE = """
    đạt|đạt được|là|ước đạt|ước là|ở|được|bằng với|gồm|bao gồm|trị giá|có giá|có giá trị|đạt tỷ lệ|đạt tỉ lệ
    đạt tới|thu về|thu được|không cao hơn|không thấp hơn|không hơn|giữ nguyên|giữ|duy trì|duy trì ở|có mức|dao động
    dao động từ|dao động ở
    dao động quanh|dao động trong khoảng|vào|cán mốc|đạt mốc|chạm mốc|ghi nhận ở|đứng ở|đứng|dừng ở|chốt ở
    đóng cửa ở|giao dịch ở|niêm yết ở|niêm yết|giao dịch quanh|có quy mô|tính ra|phải chịu|hiện ở|hiện đạt
    ở mức|ở mức giá|ở ngưỡng|có giá trung bình|có giá bình quân|vào khoảng
    ở khoảng|dao động khoảng|phổ biến ở
    vượt mốc|vượt ngưỡng|qua mốc|vượt mức|hiện là|sẽ là|tổng trị giá|đạt trung bình|đạt bình quân|đạt tổng cộng
    đạt giá trị
"""

# Verbs that an amount or a count is the object of, and prepositions before one.
HOLD = """
    có|có tới|có đến|ghi nhận|phát hiện|xảy ra|xử lý|thu hút|với|cùng|và|cùng với|trong đó|đưa|xét xử|khởi tố
    làm|khiến|gây|cho|trong số|trong|gồm có|tổng số|của|các|những|số|tại|ở tại|đối với|hoàn thành|tiếp nhận
    thụ lý|giải quyết|bắt giữ|bắt|triệt phá|cấp|thực hiện|xây dựng|đón|phục vụ|tổ chức|sản xuất|tiêu thụ
    nhập khẩu|xuất khẩu|chi|thu|thu hồi|nộp|bán|mua|nhận được|bắt được|cứu được|tìm được|bán được|mua được
    nộp thêm|đóng thêm|trả thêm|tặng thêm
    xây được|thu hút được|huy động được|xây dựng được|giải quyết được|phát hiện được|thiệt hại|cần|phải|bị|nhận
"""

# What a share is stated by.
PER = """
    đóng góp|góp|đóng góp khoảng
    chiếm|chiếm tới|chiếm đến|bằng|chỉ bằng|chiếm tỷ lệ|chiếm tỉ lệ|chiếm tỷ trọng|chiếm tỉ trọng|chiếm khoảng
"""

# What restates a figure otherwise.
MATCH = """
    tương đương|tương ứng|tương ứng với|tức|tức là|hay|tương đương khoảng|tương đương với|nghĩa là
    tương ứng tỷ lệ|tương ứng tỉ lệ|tương đương tỷ lệ|tương ứng với tỷ lệ|tương đương với tỷ lệ
    tương đương mức|quy đổi|quy ra|tính theo
"""

# What makes a figure a plan.
PLAN = """
    dự kiến|phấn đấu|sẽ|đặt mục tiêu|mục tiêu|kế hoạch|dự báo|kỳ vọng|đề xuất|đề ra|dự toán|chỉ tiêu|dự kiến đạt
    phấn đấu đạt|ước đạt được
"""

# Verbs of holding shares.
OWN = """
    lãi|lỗ|báo lãi|báo lỗ|lãi ròng|lỗ ròng|nắm giữ|nắm|sở hữu|đang nắm giữ|đang sở hữu|nắm trong tay
"""

# From where a change leads.
FROM = """
    từ|từ mức|từ chỗ|từ con số
"""

# Which side of a market states a price.
SIDE = """
    mua vào|bán ra|chiều mua vào|chiều bán ra|giá mua vào|giá bán ra
"""
