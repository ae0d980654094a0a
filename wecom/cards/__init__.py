"""Cards with buttons: an employee answers inside WeCom, without opening a page."""
