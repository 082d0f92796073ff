"""What members say about a saved analysis."""

from __future__ import annotations

from team.permits import Act
from ui import permits, tables
from ui.screen import st
from ui.team import attempt, opening, store, visit
from ui.team.words import moment


def below(page: str) -> None:
    """Under a page that shows a saved analysis: its comments."""
    now, analysis = visit.here(), opening.opened()
    if now is None or analysis is None:
        return
    with st.expander(f"Comments on '{analysis.name}'"):
        show(analysis.id, result=page)


def show(analysis_id: str, *, result: str = "") -> None:
    """The comments on an analysis, and a new one."""
    from team import comments

    now = visit.required()
    with attempt.plainly():
        for one in comments.listed(store.store(), now.actor, analysis_id=analysis_id):
            where = f", on {one.result.replace('-', ' ')}" if one.result else ""
            st.markdown(f"**{tables.escaped(one.by_name)}**, {moment(one.at)}{tables.escaped(where)}")
            st.text(one.text)
            mine = one.by == now.actor.person_id
            if (mine or permits.may(Act.DELETE_COMMENT)) and st.button(
                "Delete", key=f"comment_delete_{one.id}", type="tertiary"
            ):
                comments.remove(store.store(), now.actor, comment_id=one.id)
                st.rerun()
    if permits.may(Act.COMMENT):
        with st.form(f"comment_{analysis_id}", border=False, clear_on_submit=True):
            text = st.text_area("Comment", key=f"comment_text_{analysis_id}", max_chars=4000, height=80)
            if st.form_submit_button("Add the comment", key=f"comment_add_{analysis_id}") and attempt.did(
                f"comment_{analysis_id}",
                lambda key: comments.add(
                    store.store(), now.actor, analysis_id=analysis_id, text=text, result=result, key=key
                ),
            ):
                st.rerun()
