import random
def test_fuzz(fresh_db):
    from hallway.referral.tests import hall as halls
    from tests.access.test_places import come_in
    from hallway.identity.requester import Role
    from hallway.web.law.trying import TryForm
    c=come_in(halls.build().pcp, Role.PCP)
    r=random.Random(1)
    f=TryForm().fields
    for n in range(400):
        q={}
        for name,field in f.items():
            ch=[str(x[0]) for x in getattr(field,'choices',[])]
            if ch and r.random()<.8: q[name]=r.sample(ch,min(len(ch),r.randint(1,2))) if name in('what','recorded','signed') else r.choice(ch)
            elif not ch: q[name]=r.choice(["40","","x","999",MARK:="on"])
        try:
            c.get('/rules/try/',q)
        except Exception as e:
            print(q); raise
