"""What is wrong with an installation, and what to do: facts are gathered,
and each check is a small judgement over them. `jejak init` asks those
that concern the machine, `jejak doctor` all of them.
"""
