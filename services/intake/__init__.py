"""Intake: the cycle, its steps, and what each agency hands in.

Purpose: everybody sees whose turn it is, what is late and why, and an officer hands in once and knows what is
    missing.
Streams: cycle, step, submission, agency, settings, people, login, account, token, rules, finding,
    replay
SOP steps: 1, 2, 3, 6, 7
Events out: CycleOpened, CycleWithdrawn, StepStarted, StepPartDone, StepPartsChanged, StepCompleted,
    StepReopened, StepWithdrawn, DueDateRevised, SubmissionOpened, FigureEntered, EvidenceAttached,
    EvidenceWithdrawn, WarningExplained, SubmissionReceived, SignedSheetAttached, SubmissionReopened,
    ServicesHandedOver, ServicesTakenOver, AgencyRegistered, ServiceAssigned, CalendarChanged, ThresholdSet,
    PopulationRecorded, FindingAssigned, FindingResolved,
    PersonRegistered, PersonChanged, PersonLeft, OfficeGiven, OfficeEnded, LoginRequested, LoginJoined,
    LoginParted, AccountInvited, AccountActivated, PasswordChanged, SecondFactorSet, SecondFactorRemoved,
    RecoveryAsked, RecoveryApproved, RecoveryRefused, AccountClosed, TokenGiven, TokenRenewed, TokenEnded,
    ReplayCompared
Reacts to: intake.CycleOpened, intake.StepCompleted, intake.StepWithdrawn, intake.SubmissionReceived,
    intake.ServicesHandedOver, intake.ServicesTakenOver,
    verification.SubmissionReturned, verification.AllSubmissionsApproved, verification.ApprovalRequired,
    verification.ApprovalUncounted, verification.FiguresUnsettled, verification.EndorsementRequested,
    verification.EndorsementRefused, verification.EndorsementWithdrawn, verification.ReportEndorsed,
    verification.CorrectionAdmitted,
    documents.DocumentDrafted, documents.DraftRestored, documents.FiguresWithdrawn,
    documents.DocumentHandedOver, documents.CopiesPrinted, documents.DispatchSent, documents.DocumentReopened,
    documents.DispatchReopened, archive.CycleArchived, archive.CorrectionExpected
Reads along: verification.SubmissionApproved, verification.ApprovalVoided, verification.ApprovalWithdrawn,
    verification.QuestionAsked, verification.QuestionAnswered, verification.QuestionSettled,
    documents.TeamDecreeIssued, documents.ReceiptRecorded, documents.CorrectionDecided,
    documents.DispatchCorrected,
    archive.ItemFiled, archive.HardCopyFiled, archive.CertificateAsked, archive.CertificateGivenUp,
    archive.CertificateIssued
"""
