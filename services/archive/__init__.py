"""Archive: keeps copies, receipts and the record of everything,
so that anybody can check what happened without trusting us.

Purpose: what is filed stays as it was filed, and what happened cannot be changed, moved or left out without
    being found.
Streams: cyclefile, store, certificate, replay
SOP steps: 13
Events out: ItemExpected, ItemFiled, ItemSealed, HardCopyFiled, CycleArchived, CorrectionExpected,
    StoreProbed, CertificateAsked, StatementTaken, CertificateGivenUp, CertificateIssued, ReplayCompared
Reacts to: documents.DocumentSettled, documents.DocumentDrafted, documents.DocumentHandedOver,
    documents.TeamDecreeIssued, documents.ReceiptRecorded, documents.CorrectionDecided,
    intake.ReplayCompared, verification.ReplayCompared, documents.ReplayCompared, archive.ReplayCompared
Reads along: intake.CycleOpened, intake.CycleWithdrawn, archive.CertificateAsked, archive.CertificateGivenUp,
    archive.CertificateIssued
Listens to every event of all four services: each goes into the audit log, once, after its cause.
"""
