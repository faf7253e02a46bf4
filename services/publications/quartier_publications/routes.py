"""All endpoints of publications, noun by noun."""

from fastapi import APIRouter

from quartier_publications.awaited.routes import router as awaited
from quartier_publications.catalogue.routes import router as catalogue
from quartier_publications.notes.routes import router as notes

router = APIRouter()
for part in (catalogue, awaited, notes):
    router.include_router(part)
