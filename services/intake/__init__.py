"""Intake: the cycle, its thirteen steps, and what each agency hands in.

Purpose: everybody sees whose turn it is, what is late and why, and an officer hands in once and knows what is missing.
Streams: cycle, step, submission, agency, settings
SOP steps: 1, 2, 3, 6, 7
Events out: CycleOpened, StepStarted, StepPartDone, StepCompleted, SubmissionOpened, FigureEntered, EvidenceAttached, EvidenceWithdrawn,
    SubmissionReceived, SubmissionReopened, AgencyRegistered, ServiceAssigned, CalendarChanged
Reacts to: intake.CycleOpened, intake.CalendarChanged, intake.StepCompleted, intake.SubmissionReceived, verification.SubmissionReturned,
    verification.AllSubmissionsApproved, verification.ReportEndorsed, documents.DocumentDrafted, documents.DocumentHandedOver,
    documents.CopiesPrinted, documents.DispatchSent, archive.CycleArchived
Reads along: verification.SubmissionApproved, verification.ApprovalVoided, verification.EndorsementRequested,
    verification.EndorsementRefused, documents.TeamDecreeIssued, documents.ReceiptRecorded, archive.ItemFiled, archive.HardCopyFiled
"""
