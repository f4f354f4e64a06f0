from fastdial.engine.contact_list cimport Contact, ContactList
from fastdial.engine.layouts cimport (
    Agent, Call, CallWrapUp, Campaign, CampaignSettings, ContactFate,
)
from fastdial.engine.state cimport State
from fastdial.engine.turn cimport Turn
