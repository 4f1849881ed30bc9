"""Archive: keeps copies, receipts and the record of everything,
so that anybody can check what happened without trusting us.

Purpose: what is filed stays as it was filed, and what happened cannot be changed, moved or left out without
    being found.
Streams: cyclefile, store
SOP steps: 13
Events out: ItemExpected, ItemFiled, ItemSealed, HardCopyFiled, CycleArchived, CorrectionExpected,
    StoreProbed
Reacts to: documents.DocumentSettled, documents.DocumentDrafted, documents.DocumentHandedOver,
    documents.TeamDecreeIssued, documents.ReceiptRecorded, documents.CorrectionDecided
Reads along: intake.CycleOpened, intake.CycleWithdrawn
Listens to every event of all four services: each goes into the audit log, once, after its cause.
"""
