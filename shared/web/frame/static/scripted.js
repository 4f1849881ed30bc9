/* Says, before anything below is drawn, that scripts run: what they unfold may begin folded. */
document.documentElement.classList.add("scripted");
