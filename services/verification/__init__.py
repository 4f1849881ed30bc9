"""Verification: Tim SPM checks what the agencies handed in, and the report is endorsed.

Purpose: nobody's figure enters the report unless a second person approved exactly it, and nobody who had a
    hand in the report endorses it.
Streams: verification, assignment, round, endorsement, replay
SOP steps: 8, 10
Events out: VerificationOpened, VerificationWithdrawn, SubmissionReturned, SubmissionApproved, ApprovalVoided,
    ApprovalWithdrawn, QuestionAsked, QuestionAnswered, QuestionSettled, FigureAccepted, VerifierAssigned,
    ApprovalRequired, ApprovalCounted, ApprovalUncounted, ApprovalReleased, AllSubmissionsApproved,
    FiguresSettled, FiguresUnsettled, EndorsementHeld, EndorsementAdmitted, EndorsementRequested,
    ReportEndorsed, EndorsementRefused, EndorsementWithdrawn, CorrectionAdmitted,
    ReplayCompared
Reacts to: intake.StepStarted, intake.SubmissionOpened, intake.SubmissionReceived, intake.SubmissionReopened,
    intake.ServicesHandedOver, intake.ServicesTakenOver,
    documents.DocumentDrafted, documents.SettlementWithdrawn, documents.CorrectionDecided,
    verification.SubmissionApproved,
    verification.ApprovalVoided, verification.ApprovalWithdrawn, verification.ApprovalRequired,
    verification.ApprovalUncounted, verification.ApprovalReleased, verification.AllSubmissionsApproved
Reads along: intake.CycleOpened, intake.CycleWithdrawn, intake.StepReopened, intake.DueDateRevised,
    intake.SignedSheetAttached, intake.CalendarChanged,
    archive.CertificateAsked, archive.CertificateGivenUp, archive.CertificateIssued
"""
