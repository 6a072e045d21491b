# Words used on many pages.
action-save = Save
action-cancel = Cancel
action-copy = Copy
action-copied = Copied
action-sign-out = Sign out
none = None
not-known = Not known
sample-mark = sample
field-optional = optional
field-error = Error:
field-choose = Choose
password-show = Show the password
date-day = Day
date-month = Month
date-year = Year
date-unknown = not known
date-partial-hint = If the passport gives only a year, leave day and month empty.
file-hint = { $kinds }, { $size } at most.
error-summary-title = { $count ->
    [one] There is one thing to put right
   *[other] There are { $count } things to put right
}
table-actions = Actions
pager-name = Parts of the list
pager-of = { $shown } of { $total }
pager-shown = { $shown } shown
pager-previous = Previous
pager-next = Next
trail-purpose = purpose:
trail-entry = entry { $number }
step-done = done
countdown-late = Time is up
search-name = Find a person
search-label = Find a person by document number or name
search-placeholder = Document number or name
day-today = today
day-tomorrow = tomorrow
day-yesterday = yesterday
day-ahead = { $days ->
    [one] in { $days } day
   *[other] in { $days } days
}
day-ago = { $days ->
    [one] { $days } day ago
   *[other] { $days } days ago
}
moment-now = just now
moment-ago = { $length } ago
moment-ahead = in { $length }
duration-seconds = { $count ->
    [one] { $count } second
   *[other] { $count } seconds
}
duration-minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
duration-hours = { $count ->
    [one] { $count } hour
   *[other] { $count } hours
}
duration-days = { $count ->
    [one] { $count } day
   *[other] { $count } days
}
