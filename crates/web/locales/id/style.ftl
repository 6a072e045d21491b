# Halaman gaya.
style-title = Halaman gaya
style-lead = Semua bagian yang membentuk halaman, dengan contohnya. Halaman ini memberi isi kepada uji tampilan dan uji aksesibilitas.
style-contents = Bagian
style-criteria = Yang harus tetap benar
