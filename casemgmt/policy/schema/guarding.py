"""How the data are guarded: by whom, who gets in by which account, what is written down and what a browser keeps."""

from __future__ import annotations

from pydantic import Field

from casemgmt.policy.schema.values import Cited, Strict, Valued


class Security(Strict):
    """What people meet of the security of their data, with where it stands. The application does it for everybody."""

    protection: Cited = Field(title="Beveiliging van de gegevens")
    own_account: Cited = Field(title="Eigen account")
    second_factor: Valued[bool] = Field(title="Tweede stap bij het inloggen")
    logging: Cited = Field(title="Vastleggen wie wat doet")
    cookies: Cited = Field(title="Cookies")
