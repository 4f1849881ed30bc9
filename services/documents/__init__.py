"""Documents: the SK Tim SPM, the report and its cover letters are drafted, printed and sent,
and the receipts come back.

Purpose: what is printed and sent is exactly the file that was endorsed, made from approved figures only, and
    every recipient signed for it.
Streams: document, dispatch, replay
SOP steps: 4, 5, 9, 10, 11, 12
Events out: DocumentOpened, FiguresReleased, FiguresWithdrawn, DocumentDrafted, DocumentHandedOver,
    TeamDecreeIssued, DocumentSettled, DraftRestored, SettlementWithdrawn, CopiesPrinted,
    DispatchItemReady, DispatchItemWithdrawn, DispatchQueued, DispatchSent, ReceiptRecorded,
    DispatchCorrected, CorrectionDecided, DocumentReopened, DispatchOvertaken, DispatchReopened,
    ReplayCompared
Reacts to: intake.StepStarted, verification.AllSubmissionsApproved, verification.ApprovalVoided,
    verification.ApprovalWithdrawn, verification.ReportEndorsed, documents.DocumentDrafted,
    documents.DocumentSettled, documents.FiguresWithdrawn, documents.SettlementWithdrawn,
    documents.CorrectionDecided, documents.DispatchOvertaken
Reads along: intake.CycleOpened, intake.CycleWithdrawn, intake.StepReopened, intake.DueDateRevised,
    intake.CalendarChanged, verification.SubmissionApproved, verification.EndorsementRequested,
    verification.EndorsementRefused, verification.EndorsementWithdrawn,
    archive.CertificateAsked, archive.CertificateGivenUp, archive.CertificateIssued
"""
