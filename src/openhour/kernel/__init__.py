"""Values that every room shares. Imports nothing but the standard library.

Public surface: the names below; the modules behind them are small and have one subject each.
"""

from openhour.kernel.coded import Coded
from openhour.kernel.finding import Finding, Refused
from openhour.kernel.interval import Interval
from openhour.kernel.money import Money
from openhour.kernel.npi import npi_finding, npi_is_valid

__all__ = ["Coded", "Finding", "Interval", "Money", "Refused", "npi_finding", "npi_is_valid"]
