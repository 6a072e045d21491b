# The style page.
style-title = Style page
style-lead = Every part that pages are made of, with its examples. This page feeds the snapshots and the accessibility test.
style-contents = Parts
style-criteria = What must stay true
