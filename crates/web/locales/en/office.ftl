# The office: settings, state, keys, who may do what, kept-until, jobs.
office-title = The office
office-lead = What this office is, where its data is, and how it proves itself.
office-parts = Parts of the office
office-part-office = Settings and state
office-part-keys = Keys
office-part-access = Who may do what
office-part-retention = Kept until
office-part-jobs = Jobs
office-settings = Settings
office-name = Name
office-origin = Origin of the log
office-zone = Time zone
office-state = State
office-database = Database
office-blobs = Pictures and papers
office-blobs-good = Readable
office-blobs-count = { $count } sealed
office-blobs-more = more than { $count } sealed
office-blobs-faulty = The folder cannot be read as it should; run "siger check"
office-entries = Journal entries
office-newest = Newest entry
office-backup = Backups
office-backup-note = A sealed archive of the whole office, each night by itself. It opens with the keyring only, so keep a copy of that elsewhere, too. Bring one back in a drill four times a year.
office-backup-newest = Newest
office-backup-none = none yet
office-backup-size = { $count ->
    [one] { $count } entry
   *[other] { $count } entries
}
office-backup-missing = { $count ->
    [one] { $count } picture or paper is missing in it
   *[other] { $count } pictures and papers are missing in it
}
office-backup-folder = Folder
office-backup-days = { $count ->
    [one] { $count } day
   *[other] { $count } days
}
office-backup-kept = { $count ->
    [one] { $count } archive
   *[other] { $count } archives
} there now, { $megabytes } MB
office-backup-unset = No backup is made by itself
office-backup-unset-why = Name a folder on another disk in the settings (backup.folder) and start again. What is lost until then is lost.
office-backup-faulty = The folder of backups cannot be read
office-backup-faulty-why = Is its disk mounted? Until it is, no backup is made.
office-backup-late = The newest backup is too old
office-backup-late-why = One should be made each night. The page "Jobs" says what it failed with.
office-backup-runs = One is being made now. Open the page again in a while.
office-backup-make = Make a backup now
office-proof = Proof
office-proof-note = Keep copies outside the office: with them anybody can show that the journal was changed or set back.
office-checkpoint = Newest checkpoint
office-verifier = Verifying key { $number }
office-keys = Keys
office-keys-note = The keys that open the data, sign proofs and find document numbers. No secret is shown. Each change asks you to confirm that it is you and stands in the journal.
office-keys-rehash = Look-up hashes are being computed anew.
office-keys-rehash-why = Look-ups find everybody meanwhile. The old look-up key can be retired when it is done.
office-key-about-office = Opens the keyring. It comes from outside and never lies beside the data.
office-key-about-log = Signs the journal's checkpoints. After a rotation old and new both sign, so that whoever knows only the old one can follow.
office-key-about-seal = Signs receipts and letters. After a rotation the old one signs nothing more, but what it signed stays valid until it is retired.
office-key-about-lookup = Keys the hashes by which document numbers and sign-in names are found. After a rotation the office computes them anew by itself.
office-key-console = Rotated at the console only, because the new root secret must not pass through a page. Afterwards start all processes again:
office-key-rotate = Put a new key in place
office-key-rotate-ask-log = A new key signs from now on, beside the old one. Give its verifying key to whoever checks this office.
office-key-rotate-ask-seal = A new key signs from now on. The secret of the old one is destroyed at once.
office-key-rotate-ask-lookup = New hashes use a new key from now on, and all others are computed anew. Do this after a theft.
office-key-rotate-act = Put the new key in place
office-key-retire = Retire
office-key-retire-ask-log = Checkpoints are no longer signed with it, and its secret is destroyed. Old receipts stay valid. This cannot be undone.
office-key-retire-ask-seal = Receipts and letters that it signed are no longer accepted. This cannot be undone.
office-key-retire-ask-lookup = Its secret is destroyed. This cannot be undone.
office-key-retire-act = Retire this key
office-key-needed = still needed
office-key-id = Name
office-key-state = State
office-key-since = Since
office-key-current = In use
office-key-overlap = Replaced, still accepted
office-key-retired = Retired
office-which-office = Office key (opens the keyring)
office-which-log = Log key (signs checkpoints)
office-which-seal = Seal key (signs receipts)
office-which-lookup = Look-up key (exact search)
office-access-title = Who may do what
office-access-lead = Every action asks these rules. Rights of several roles add up; the two-person rule is about persons, whatever roles they hold.
office-access-action = Action
office-access-who = Who, for which purpose
office-access-own = One's own
office-access-conditions = Conditions
office-access-nobody = nobody
office-access-everyone = everyone
office-access-fresh = Fresh sign-in
office-access-second = Second person
office-policies = Reasons
office-policies-note = Each rule with what it rests on, in both languages.
office-policy-permits = permits
office-policy-forbids = forbids
office-retention-title = Kept until
office-retention-lead = Each kind of personal data, why it is kept, how long, and what happens then. A day counts to its end.
office-retention-hash = Rule set
office-days = { $count ->
    [one] { $count } day
   *[other] { $count } days
}
office-years = { $count ->
    [one] { $count } year
   *[other] { $count } years
}
office-confirmed = Confirmed
office-unconfirmed = Office policy, unconfirmed
office-period-own = the office's own period
office-citation-unread = wording not confirmed
office-until = Kept
office-end = Then
office-basis = Legal basis
office-article = { $instrument } art. { $article }
office-article-paragraph = { $instrument } art. { $article }({ $paragraph })
office-article-letter = { $instrument } art. { $article }({ $paragraph })({ $letter })
office-purposes = Used for
office-specific = Specific personal data
office-kind-person_identity = Identity of a person
office-kind-person_document = Travel documents
office-kind-person_note = Notes
office-kind-person_picture = Pictures and scanned papers
office-kind-inspection = Inspections
office-kind-presence = Stays
office-kind-person_reader = Who opened a file
office-kind-officer_profile = Officers
office-kind-credential = Ways to sign in
office-kind-session = Sign-ins
office-kind-device = Known browsers
office-kind-answer = Answers that may be repeated
office-kind-request = Requests
office-kind-journal_metadata = Journal, outside its sealed content
office-kind-notification = Messages
office-kind-backup = Backups
office-kind-export = Exports
office-after-last_contact = after the last act in the file
office-after-person_erased = after the erasure
office-after-left_office = after the officer left
office-after-removed = after it was removed
office-after-ended = after it ended
office-after-closed = after it was closed
office-after-sent = after it was sent or given up
office-after-made = after it was made
office-after-office_closed = after the office was dissolved
office-end-erase_key = The key is destroyed: no table, backup or export opens it again
office-end-delete_row = It is deleted
office-end-delete_file = The file is deleted
office-end-keep_tombstone = Numbers and times stay, naming nobody
office-specific-health = health
office-specific-biometric = biometric
office-specific-genetic = genetic
office-specific-criminal_record = criminal record
office-specific-child = children
office-specific-finance = personal finance
office-jobs-title = Jobs
office-jobs-lead = Work that the program does by itself, next first.
office-jobs-none = Nothing to do
office-jobs-none-why = Work for later and what failed is listed here.
office-job = Job
office-job-due = Due
office-job-tries = Tries
office-job-failed = Last failure
office-job-again = Will be tried again
office-job-given-up = Given up
office-job-daily = The work of each day
office-job-backup = Backup of the night
office-job-notify = Message to an officer
office-job-rehash = Look-up hashes anew
office-due = Due today
office-due-note = What the next run would end, by rule. Looking at it changes nothing; the program runs it by itself every day.
office-due-what = What
office-due-count = How many
office-due-nothing-to-do = nothing is to be done
office-due-none = Nothing is due today
office-due-none-why = What has passed its time is listed here until the next run.
office-run = Run it now
office-run-ask = What is listed as due ends now, for good: no backup and no export brings it back. The rules decide, so no second person is asked.
office-run-act = End what is due
office-run-going = What is due is being ended
office-run-going-why = It goes on when you leave this page. Open the page again in a while: the newest run then says how much ended.
office-run-newest = Newest run:
office-run-program = the program
office-run-counts = { $erased } files and officers erased, { $deleted } rows deleted
office-held = The program waits for you to look
office-held-clock = Today is { $today } by the server's clock, and the newest run was on { $last }. Either the machine stood still for long or its clock is wrong. Nothing is erased by itself until somebody has run it here.
office-held-share = { $due } files and officers of { $files } files would be erased at once, more than the program does unasked. Look at the rules and at the server's clock first.
office-held-ask = By the server's clock today is { $today }. Is that so?
